//! How the fake shows what it knows: one value per kind of thing, as the age
//! of the server has it. A field whose flag was not sent is null, not absent.

use serde_json::{Map, Value, json};

use super::shown::{merge, null, obj};

use super::age::Age;
use super::declared;
use super::ids::{Id, short, slug_id};
use super::world::{
    Access, Activity, Check, CheckIn, Comment, Goal, Milestone, Notification, Person, Project,
    ShownDate, Space, State, Subscription, Target, Task, Thread, Time, Timeframe, World,
};

/// The world as one person sees it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub w: &'a World,
    pub me: Id,
}

/// A datetime as the server writes it.
pub fn time(t: Time) -> String {
    t.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub fn time_or_null(t: Option<Time>) -> Value {
    t.map_or(Value::Null, |t| json!(time(t)))
}

/// A document as a string, its keys sorted.
pub fn doc_string(doc: &Value) -> String {
    fn sorted(value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let mut keys: Vec<&String> = map.keys().collect();
                keys.sort();
                let mut out = Map::new();
                for key in keys {
                    out.insert(key.clone(), sorted(&map[key]));
                }
                Value::Object(out)
            }
            Value::Array(list) => Value::Array(list.iter().map(sorted).collect()),
            other => other.clone(),
        }
    }
    // The real server escapes a slash as itself and control characters in
    // upper case; nobody may compare these strings anyway.
    sorted(doc).to_string()
}

/// Puts what is shown into a copy of the flags of a call.
pub type Flags<'a> = &'a dyn Fn(&str) -> bool;

impl<'a> View<'a> {
    fn age(&self) -> Age {
        self.w.age
    }

    /// Gives a value its type: the `__typename` of newer servers, and none of
    /// the fields that came later.
    pub fn typed(&self, kind: &str, mut value: Value) -> Value {
        if let Value::Object(map) = &mut value {
            for (field, since) in declared::later_fields(kind) {
                if *since > self.age() {
                    map.remove(*field);
                }
            }
            if self.age().typenames() {
                map.insert("__typename".into(), json!(kind));
            }
        }
        value
    }

    pub fn date(&self, date: Option<&ShownDate>) -> Value {
        let Some(date) = date else {
            return Value::Null;
        };
        self.typed(
            "contextual_date",
            obj!({"date_type": &date.kind, "value": &date.label, "date": date.day.to_string()}),
        )
    }

    pub fn timeframe(&self, frame: Option<&Timeframe>) -> Value {
        let Some(frame) = frame else {
            return Value::Null;
        };
        self.typed(
            "timeframe",
            obj!({"contextual_start_date": self.date(frame.start.as_ref()),
                "contextual_end_date": self.date(frame.end.as_ref())}),
        )
    }

    pub fn access(&self, access: Access) -> Value {
        self.typed(
            "access_levels",
            obj!({"public": access.public, "company": access.company, "space": access.space}),
        )
    }

    // People, company, spaces.

    pub fn person_sid(&self, id: Id) -> String {
        self.w
            .people
            .get(&id)
            .map_or_else(|| short(id), |p| slug_id(&p.name, id))
    }

    pub fn person(&self, id: Option<Id>) -> Value {
        let Some(p) = id.and_then(|id| self.w.people.get(&id)) else {
            return Value::Null;
        };
        self.typed(
            "person",
            obj!({"id": slug_id(&p.name, p.id), "full_name": &p.name, "email": &p.email,
                "title": &p.title, "avatar_url": null, "type": &p.kind}),
        )
    }

    pub fn person_with_level(&self, id: Id, level: i64) -> Value {
        let mut value = self.person(Some(id));
        value["access_level"] = json!(level);
        value
    }

    /// The full person. Flat servers have fewer keys for others than for me.
    pub fn person_full(&self, p: &Person, of_me: bool, flags: Flags) -> Value {
        let manager = if flags("include_manager") {
            self.person(p.manager)
        } else {
            Value::Null
        };
        let account = flags("include_account") || flags("include_invite_link");
        let mut v = obj!({
            "id": slug_id(&p.name, p.id), "full_name": &p.name, "email": &p.email,
            "title": &p.title, "avatar_url": null, "type": &p.kind, "timezone": &p.timezone,
            "description": null, "manager": manager, "notify_about_assignments": true,
        });
        let namespaced = self.age().namespaced();
        if namespaced || of_me {
            merge(
                &mut v,
                obj!({"avatar_blob_id": null, "notify_on_mention": true,
                    "send_daily_summary": !namespaced, "show_dev_bar": false}),
            );
        }
        if namespaced || !of_me {
            let reports = if flags("include_reports") {
                let under = self.w.people.values().filter(|o| o.manager == Some(p.id));
                Value::Array(under.map(|o| self.person(Some(o.id))).collect())
            } else {
                Value::Null
            };
            let peers = if flags("include_peers") {
                let beside = self
                    .w
                    .people
                    .values()
                    .filter(|o| o.id != p.id && o.manager.is_some() && o.manager == p.manager);
                Value::Array(beside.map(|o| self.person(Some(o.id))).collect())
            } else {
                Value::Null
            };
            let permissions = if flags("include_permissions") {
                self.typed("person_permissions", obj!({"can_edit_profile": false}))
            } else {
                Value::Null
            };
            let open = if account {
                json!(p.open_invitation)
            } else {
                Value::Null
            };
            merge(
                &mut v,
                obj!({"suspended": p.suspended, "reports": reports, "peers": peers,
                    "permissions": permissions, "has_open_invitation": open,
                    "invite_link": null}),
            );
        }
        if namespaced {
            merge(
                &mut v,
                obj!({"daily_summary_delivery_time": "18:00", "email_preference": "buffered",
                    "email_window_minutes": 5, "time_format": "automatic",
                    "dismissed_product_release_id": null}),
            );
        } else if !of_me {
            v["agent_def"] = Value::Null;
        }
        if flags("include_company_access_levels") || flags("include_members_access_levels") {
            v["access_level"] = json!(p.company_access);
        }
        self.typed("person", v)
    }

    pub fn company_ref(&self) -> Value {
        self.typed(
            "company",
            obj!({"id": &self.w.company_sid, "name": &self.w.company_name, "setup_completed": true}),
        )
    }

    pub fn company(&self, flags: Flags) -> Value {
        let owners = || self.w.people.values().filter(|p| p.company_access >= 100);
        let or_null = |flag: &str, value: &dyn Fn() -> Value| {
            if flags(flag) { value() } else { Value::Null }
        };
        let level = |p: &Person| {
            if flags("include_members_access_levels") {
                self.person_with_level(p.id, p.company_access)
            } else {
                self.person(Some(p.id))
            }
        };
        let am_owner = self
            .w
            .people
            .get(&self.me)
            .is_some_and(|p| p.company_access >= 100);
        let permissions = || {
            let can: Map<String, Value> = [
                "can_create_space",
                "can_edit_details",
                "can_edit_members",
                "can_edit_members_access_levels",
                "can_edit_trusted_email_domains",
                "can_invite_members",
                "can_manage_admins",
                "can_manage_billing",
                "can_manage_owners",
                "can_remove_members",
                "can_restore_members",
                "is_admin",
            ]
            .into_iter()
            .map(|k| (k.to_owned(), json!(am_owner)))
            .chain([("can_view".to_owned(), json!(true))])
            .collect();
            let mut can = self.typed("company_permissions", Value::Object(can));
            if !self.age().namespaced() {
                // Recorded, although declared as new in 1.7.0.
                can["can_edit_details"] = json!(am_owner);
            }
            can
        };
        let general = &self.w.spaces[&self.w.company_space];
        self.typed(
            "company",
            obj!({
                "id": &self.w.company_sid, "name": &self.w.company_name,
                "company_space_id": short(self.w.company_space), "setup_completed": true,
                "trusted_email_domains": [], "enabled_experimental_features": [],
                "member_count": or_null("include_member_count",
                    &|| json!(self.w.people.len())),
                "people": or_null("include_people", &|| self.w.people.values()
                    .map(|p| self.person_full(p, false,
                        &|f| f == "include_members_access_levels" && flags(f))).collect()),
                "admins": or_null("include_admins", &|| json!([])),
                "owners": or_null("include_owners", &|| owners().map(level).collect()),
                "general_space": or_null("include_general_space",
                    &|| self.space_full(general, &|_| false)),
                "permissions": or_null("include_permissions", &permissions),
            }),
        )
    }

    pub fn space_ref(&self, id: Id) -> Value {
        let Some(s) = self.w.spaces.get(&id) else {
            return Value::Null;
        };
        self.typed(
            "space",
            obj!({"id": slug_id(&s.name, s.id), "name": &s.name}),
        )
    }

    /// `members`, `access_levels` and the like by the flags `members`,
    /// `member_levels`, `access`, `permissions`, `subscribers`, `is_member`.
    pub fn space_full(&self, s: &Space, with: Flags) -> Value {
        let members = if with("member_levels") {
            s.members
                .iter()
                .map(|(id, level)| self.person_with_level(*id, *level))
                .collect()
        } else if with("members") {
            s.members
                .iter()
                .map(|(id, _)| self.person(Some(*id)))
                .collect()
        } else {
            Value::Null
        };
        let subscribers = if with("subscribers") {
            s.members
                .iter()
                .map(|(id, _)| self.subscriber(*id, None, None, false))
                .collect()
        } else {
            Value::Null
        };
        let statuses: Vec<Value> = s
            .statuses
            .iter()
            .map(|t| self.typed("task_status", t.clone()))
            .collect();
        self.typed(
            "space",
            obj!({
                "id": slug_id(&s.name, s.id), "name": &s.name, "mission": &s.mission,
                "is_company_space": s.of_company,
                "is_member": if with("is_member") {
                    json!(s.members.iter().any(|(id, _)| *id == self.me))
                } else { Value::Null },
                "private_space": if with("access") { json!(s.private) } else { Value::Null },
                "members": members,
                "permissions": if with("permissions") {
                    self.typed("space_permissions",
                        self.can(self.w.level_on_space(self.me, s)))
                } else { Value::Null },
                "access_levels": if with("access") { self.access(s.access) } else { Value::Null },
                "task_statuses": statuses, "tasks_kanban_state": kanban(),
                "notifications": [], "potential_subscribers": subscribers,
            }),
        )
    }

    /// The permissions a level stands for.
    fn can(&self, level: i64) -> Value {
        let level = if self.w.billing_read_only {
            level.min(10)
        } else {
            level
        };
        obj!({"can_view": level >= 10, "can_comment": level >= 40, "can_edit": level >= 70,
            "has_full_access": level >= 100})
    }

    pub fn subscriber(
        &self,
        person: Id,
        champion: Option<Id>,
        reviewer: Option<Id>,
        subscribed: bool,
    ) -> Value {
        let (role, priority) = if champion == Some(person) {
            (json!("Champion"), true)
        } else if reviewer == Some(person) {
            (json!("Reviewer"), true)
        } else {
            let title = self.w.people.get(&person).and_then(|p| p.title.clone());
            (json!(title), false)
        };
        self.typed(
            "subscriber",
            obj!({"role": role, "priority": priority, "is_subscribed": subscribed,
                "person": self.person(Some(person))}),
        )
    }

    // Goals.

    pub fn target(&self, t: &Target) -> Value {
        self.typed(
            "target",
            obj!({"id": short(t.id), "index": t.index, "name": &t.name, "from": t.from,
                "to": t.to, "value": t.value, "unit": &t.unit,
                "inserted_at": time(t.inserted), "updated_at": time(t.updated)}),
        )
    }

    pub fn targets_sorted(&self, goal: &Goal) -> Value {
        let mut list: Vec<&Target> = goal.targets.iter().collect();
        list.sort_by_key(|t| t.index);
        list.into_iter().map(|t| self.target(t)).collect()
    }

    pub fn check(&self, c: &Check) -> Value {
        self.typed(
            "goal_check",
            obj!({"id": short(c.id), "index": c.index, "name": &c.name,
                "completed": c.completed, "inserted_at": time(c.inserted),
                "updated_at": time(c.updated), "completed_at": time_or_null(c.completed_at)}),
        )
    }

    /// A goal inside other things.
    pub fn goal_reduced(&self, g: &Goal) -> Value {
        self.typed(
            "goal",
            obj!({
                "id": g.sid(), "name": &g.name, "status": self.w.goal_status(g),
                "success": g.closed.as_ref().is_some_and(|c| c.success),
                "is_closed": g.closed.is_some(), "is_archived": false,
                "is_outdated": self.w.goal_outdated(g),
                "closed_at": time_or_null(g.closed.as_ref().map(|c| c.at)),
                "archived_at": null, "inserted_at": time(g.inserted),
                "updated_at": time(g.updated),
                "last_check_in_id": self.w.latest(&g.check_ins).map(|c| short(c.id)),
                "timeframe": self.timeframe(g.timeframe.as_ref()),
                "champion": null, "reviewer": null, "closed_by": null, "permissions": null,
                "space": null, "targets": null,
            }),
        )
    }

    /// A reduced goal with champion, reviewer and space.
    pub fn goal_found(&self, g: &Goal) -> Value {
        let mut v = self.goal_reduced(g);
        v["champion"] = self.person(g.champion);
        v["reviewer"] = self.person(g.reviewer);
        v["space"] = self.space_ref(g.space);
        v
    }

    /// A goal of `goals/list` and `goals/get`; `one` for the latter.
    pub fn goal(&self, g: &Goal, one: bool, flags: Flags) -> Value {
        let w = self.w;
        let or_null = |flag: &str, value: &dyn Fn() -> Value| {
            if flags(flag) { value() } else { Value::Null }
        };
        let parent = g.parent.and_then(|id| w.goals.get(&id));
        let parent = parent.filter(|p| !one || w.level_on_goal(self.me, p) >= 10);
        let closed = g.closed.as_ref();
        let last = w.latest(&g.check_ins);
        let mut v = obj!({
            "id": g.sid(), "name": &g.name, "status": w.goal_status(g),
            "progress_percentage": g.progress(), "is_closed": closed.is_some(),
            "closed_at": time_or_null(closed.map(|c| c.at)),
            "success": closed.is_some_and(|c| c.success),
            "is_outdated": w.goal_outdated(g), "is_archived": false, "archived_at": null,
            "next_update_scheduled_at": time_or_null(g.next_update),
            "timeframe": self.timeframe(g.timeframe.as_ref()),
            "description": g.description.as_ref().map(doc_string),
            "inserted_at": time(g.inserted), "updated_at": time(g.updated),
            "parent_goal_id": parent.map(Goal::sid),
            "parent_goal": parent.map_or(Value::Null, |p| self.goal_reduced(p)),
            "last_check_in_id": last.map(|c| short(c.id)),
            "last_check_in": or_null("include_last_check_in", &|| last.map_or(Value::Null,
                |c| self.last_check_in(g, c, one))),
            "champion": or_null("include_champion", &|| self.person(g.champion)),
            "reviewer": or_null("include_reviewer", &|| self.person(g.reviewer)),
            "closed_by": or_null("include_closed_by",
                &|| self.person(closed.and_then(|c| c.by))),
            "permissions": or_null("include_permissions", &|| self.typed("goal_permissions",
                self.can(w.level_on_goal(self.me, g)))),
            "access_levels": or_null("include_access_levels", &|| self.access(g.access)),
            "privacy": or_null("include_privacy", &|| json!(g.access.privacy())),
            "projects": or_null("include_projects", &|| w.projects.values()
                .filter(|p| p.goal == Some(g.id) && w.level_on_project(self.me, p) >= 10)
                .map(|p| self.project_of_goal(p)).collect()),
            "retrospective": or_null("include_retrospective",
                &|| self.retrospective(g)),
            "potential_subscribers": or_null("include_potential_subscribers",
                &|| w.audience(g).into_iter()
                    .map(|id| self.subscriber(id, g.champion, g.reviewer, false)).collect()),
            "notifications": [],
            "resource_hub": or_null("include_resource_hub", &|| self.hub(g)),
        });
        v["space"] = if flags("include_space_members") {
            self.space_full(&w.spaces[&g.space], &|f| f == "members")
        } else if flags("include_space") {
            self.space_ref(g.space)
        } else {
            Value::Null
        };
        if flags("include_unread_notifications") {
            v["notifications"] =
                self.unread_where(&|a| a.goal == Some(g.id) && a.action == "goal_created");
        }
        if one {
            let mut checks: Vec<&Check> = g.checks.iter().collect();
            checks.sort_by_key(|c| c.index);
            v["targets"] = self.targets_sorted(g);
            v["checklist"] = checks.into_iter().map(|c| self.check(c)).collect();
        } else {
            v["targets"] = g.targets.iter().map(|t| self.target(t)).collect();
            v["checklist"] = g.checks.iter().map(|c| self.check(c)).collect();
        }
        self.typed("goal", v)
    }

    fn hub(&self, g: &Goal) -> Value {
        let id = Id::from_u128(g.id.as_u128() ^ 0xB0B);
        self.typed(
            "resource_hub",
            obj!({"id": slug_id("Documents & Files", id), "name": "Documents & Files",
                "description": "null", "goal": null, "project": null, "space": null,
                "nodes": null, "permissions": null, "potential_subscribers": null,
                "inserted_at": time(g.inserted), "updated_at": time(g.inserted)}),
        )
    }

    fn retrospective(&self, g: &Goal) -> Value {
        let Some(closed) = &g.closed else {
            return Value::Null;
        };
        let activity = self.w.activity(closed.activity);
        let thread = activity.and_then(|a| a.thread);
        let comments = self.w.comments.iter().filter(|c| Some(c.on) == thread);
        self.typed(
            "goal_retrospective",
            obj!({"id": short(closed.activity), "author": self.person(closed.by),
                "content": doc_string(&closed.retrospective),
                "comment_count": comments.count(), "inserted_at": time(
                    activity.map_or(closed.at, |a| a.at)),
                "acknowledged_at": time_or_null(closed.acknowledged.map(|a| a.0)),
                "acknowledged_by": self.person(closed.acknowledged.map(|a| a.1))}),
        )
    }

    // Check-ins of goals.

    /// The keys that a check-in has everywhere.
    pub fn check_in_bare(&self, c: &CheckIn) -> Value {
        let targets: Vec<Value> = c
            .targets
            .iter()
            .map(|t| {
                obj!({"id": t.id.to_string(), "index": t.index, "name": &t.name, "from": t.from,
                    "to": t.to, "unit": &t.unit, "value": t.value, "previous_value": t.previous})
            })
            .collect();
        let checks: Vec<Value> = c
            .checks
            .iter()
            .map(|k| {
                obj!({"id": k.id.to_string(), "name": &k.name, "completed": k.completed,
                    "index": k.index})
            })
            .collect();
        self.typed(
            "goal_progress_update",
            obj!({
                "id": c.sid(), "status": &c.status, "message": doc_string(&c.message),
                "inserted_at": time(c.inserted), "updated_at": time(c.updated),
                "state": c.state.word(), "published_at": time_or_null(c.published),
                "scheduled_at": time_or_null(c.scheduled),
                "acknowledged": c.acknowledged.is_some(),
                "acknowledged_at": time_or_null(c.acknowledged.map(|a| a.0)),
                "goal_target_updates": targets, "checklist": checks,
                "timeframe": self.timeframe(c.timeframe.as_ref()),
            }),
        )
    }

    /// A check-in with everything that needs a flag still null.
    pub fn check_in(&self, c: &CheckIn) -> Value {
        let mut v = self.check_in_bare(c);
        merge(
            &mut v,
            obj!({"author": null, "acknowledging_person": null, "comments_count": 0,
                "reactions": null, "goal": null, "permissions": null,
                "subscription_list": null, "potential_subscribers": null,
                "notifications": []}),
        );
        v
    }

    pub fn comments_count(&self, on: Id) -> usize {
        self.w.comments.iter().filter(|c| c.on == on).count()
    }

    fn last_check_in(&self, g: &Goal, c: &CheckIn, one: bool) -> Value {
        let mut v = self.check_in(c);
        v["author"] = self.person(Some(c.author));
        v["reactions"] = self.reactions(c.id);
        if one {
            v["goal"] = self.goal_reduced(g);
            v["permissions"] = self.check_in_permissions(g, c);
        }
        v
    }

    /// Whether a person may acknowledge a check-in of a goal. An author may
    /// not where editors may; before, only the reviewer may, and the champion
    /// for what the reviewer wrote.
    pub fn may_acknowledge(&self, g: &Goal, c: &CheckIn) -> bool {
        if self.age().editors_acknowledge() {
            return self.w.level_on_goal(self.me, g) >= 70 && c.author != self.me;
        }
        if g.reviewer == Some(c.author) && g.champion == Some(self.me) && c.author != self.me {
            return true;
        }
        g.reviewer == Some(self.me)
    }

    pub fn check_in_permissions(&self, g: &Goal, c: &CheckIn) -> Value {
        let level = if self.w.billing_read_only {
            10
        } else {
            self.w.level_on_goal(self.me, g)
        };
        let acknowledge = level >= 10 && self.may_acknowledge(g, c) && !self.w.billing_read_only;
        self.typed(
            "goal_update_permissions",
            obj!({"can_view": level >= 10, "can_comment": level >= 40, "can_edit": level >= 70,
                "can_delete": level >= 70, "can_acknowledge": acknowledge}),
        )
    }

    pub fn subscription(&self, s: &Subscription, parent: &str, people: bool) -> Value {
        let list: Value = if people {
            s.people
                .iter()
                .map(|p| {
                    let id = Id::from_u128(p.as_u128() ^ s.id.as_u128());
                    self.typed(
                        "subscription",
                        obj!({"id": short(id), "type": "invited", "canceled": false,
                            "person": self.person(Some(*p))}),
                    )
                })
                .collect()
        } else {
            Value::Null
        };
        self.typed(
            "subscription_list",
            obj!({"id": short(s.id), "parent_type": parent, "send_to_everyone": s.everyone,
                "subscriptions": list}),
        )
    }

    // Talk.

    pub fn reactions(&self, on: Id) -> Value {
        let list = self.w.reactions.iter().filter(|r| r.on == on);
        list.map(|r| {
            self.typed(
                "reaction",
                obj!({"id": short(r.id), "emoji": &r.emoji,
                    "person": self.person(Some(r.person))}),
            )
        })
        .collect()
    }

    pub fn comment_content(&self, content: &Value) -> String {
        if self.age().wraps_comments() {
            doc_string(&obj!({"message": content}))
        } else {
            doc_string(content)
        }
    }

    /// A comment as writes answer it: without author and reactions.
    pub fn comment_bare(&self, c: &Comment) -> Value {
        self.typed(
            "comment",
            obj!({"id": short(c.id), "content": self.comment_content(&c.content),
                "inserted_at": time(c.at), "author": null, "reactions": null,
                "notification": null}),
        )
    }

    pub fn comment(&self, c: &Comment) -> Value {
        let mut v = self.comment_bare(c);
        v["author"] = self.person(Some(c.author));
        v["reactions"] = self.reactions(c.id);
        let mine = self.w.notifications.iter().find(|n| {
            n.person == self.me
                && n.read_at.is_none()
                && !n.unlisted
                && self
                    .w
                    .activity(n.activity)
                    .is_some_and(|a| a.content["comment"]["id"] == json!(c.id.to_string()))
        });
        if let Some(n) = mine {
            v["notification"] = self.notification_ref(n);
        }
        v
    }

    // Projects.

    fn milestone_bare(&self, m: &Milestone) -> Value {
        self.typed(
            "milestone",
            obj!({
                "id": slug_id(&m.title, m.id), "title": &m.title,
                "status": if m.done { "done" } else { "pending" },
                "completed_at": time_or_null(m.completed_at), "description": null,
                "inserted_at": time(m.inserted), "comments_count": null, "comments": null,
                "creator": null, "permissions": null, "project": null, "space": null,
                "subscription_list": null, "available_statuses": null,
                "tasks_kanban_state": kanban(), "tasks_ordering_state": [],
                "timeframe": self.timeframe(Some(&m.timeframe)),
            }),
        )
    }

    pub fn milestone(&self, m: &Milestone) -> Value {
        self.milestone_bare(m)
    }

    /// A project inside other things.
    pub fn project_ref(&self, p: &Project) -> Value {
        let mut v = obj!({
            "id": p.sid(), "name": &p.name, "goal_id": p.goal.map(short),
            "status": self.w.project_status(p), "privacy": null,
            "success_status": p.success.clone().unwrap_or_else(|| "nil".into()),
        });
        if self.age().namespaced() {
            v["space_id"] = json!(short(p.space));
            v["space"] = Value::Null;
        }
        self.typed("project", v)
    }

    fn contributors(&self, p: &Project, levels: bool) -> Value {
        p.contributors
            .iter()
            .map(|c| {
                let level = if levels {
                    let level = self.w.level_on_project(c.person, p);
                    json!(level)
                } else {
                    Value::Null
                };
                self.typed(
                    "project_contributor",
                    obj!({"id": short(c.id), "role": &c.role, "responsibility": &c.responsibility,
                        "access_level": level, "person": self.person(Some(c.person))}),
                )
            })
            .collect()
    }

    /// A project with all that needs a flag null.
    pub fn project_plain(&self, p: &Project) -> Value {
        let mut order: Vec<&Milestone> = p.milestones.iter().collect();
        order.sort_by_key(|m| m.inserted);
        let order: Vec<String> = order.iter().map(|m| slug_id(&m.title, m.id)).collect();
        let statuses: Vec<Value> = p
            .statuses
            .iter()
            .map(|t| self.typed("task_status", t.clone()))
            .collect();
        let mut v = obj!({
            "id": p.sid(), "name": &p.name, "status": self.w.project_status(p),
            "state": &p.state,
            "success_status": p.success.clone().unwrap_or_else(|| "nil".into()),
            "is_outdated": self.w.project_outdated(p), "is_archived": false,
            "timeframe": self.timeframe(Some(&p.timeframe)),
            "next_check_in_scheduled_at": time_or_null(p.next_check_in),
            "closed_at": time_or_null(p.closed_at),
            "description": p.description.as_ref().map(doc_string),
            "goal_id": p.goal.map(short), "inserted_at": time(p.inserted),
            "updated_at": time(p.updated), "milestones_ordering_state": order,
            "task_statuses": statuses, "tasks_kanban_state": kanban(),
            "access_levels": null, "champion": null, "reviewer": null, "space": null,
            "goal": null, "last_check_in": null, "milestones": null, "next_milestone": null,
            "contributors": [], "permissions": null, "privacy": null, "retrospective": null,
            "potential_subscribers": null, "subscription_list": null, "notifications": [],
            "resource_hub": null,
        });
        if self.age().namespaced() {
            v["space_id"] = json!(short(p.space));
            v["tasks_view"] = json!("list");
        } else {
            v["key_resources"] = Value::Null;
        }
        self.typed("project", v)
    }

    /// A project inside a goal: with its people.
    fn project_of_goal(&self, p: &Project) -> Value {
        let mut v = self.project_plain(p);
        v["champion"] = self.person(p.role("champion"));
        v["reviewer"] = self.person(p.role("reviewer"));
        v
    }

    /// A project of `projects/list` and `projects/get`; `one` for the latter.
    pub fn project(&self, p: &Project, one: bool, flags: Flags) -> Value {
        let w = self.w;
        let mut v = self.project_plain(p);
        if flags("include_champion") || flags("include_contributors") {
            v["champion"] = self.person(p.role("champion"));
        }
        if flags("include_reviewer") || flags("include_contributors") {
            v["reviewer"] = self.person(p.role("reviewer"));
        }
        if flags("include_contributors") {
            v["contributors"] = self.contributors(p, flags("include_contributors_access_levels"));
        }
        if flags("include_space") {
            v["space"] = self.space_ref(p.space);
        }
        if flags("include_goal") {
            v["goal"] = p
                .goal
                .and_then(|g| w.goals.get(&g))
                .map_or(Value::Null, |g| self.goal_reduced(g));
        }
        if flags("include_key_resources") {
            v["key_resources"] = json!([]);
        }
        if flags("include_last_check_in") {
            v["last_check_in"] = w.latest(&p.check_ins).map_or(Value::Null, |c| {
                let mut v = self.project_check_in(c);
                v["author"] = self.person(Some(c.author));
                v
            });
        }
        if flags("include_milestones") {
            let with_project = |m: &Milestone| {
                let mut v = self.milestone_bare(m);
                v["project"] = self.project_ref(p);
                if one {
                    v["comments_count"] = json!(self.comments_count(m.id));
                    v["project"]["privacy"] = json!(p.access.privacy());
                    if self.age().namespaced() {
                        v["project"]["space"] = self.space_ref(p.space);
                    }
                }
                v
            };
            v["milestones"] = p.milestones.iter().map(with_project).collect();
            if !one {
                v["next_milestone"] = World::next_milestone(p).map_or(Value::Null, with_project);
            }
        }
        if flags("include_privacy") {
            v["privacy"] = json!(p.access.privacy());
            // The list shows the levels with the privacy.
            v["access_levels"] = self.access(p.access);
        }
        if flags("include_access_levels") {
            v["access_levels"] = self.access(p.access);
        }
        if flags("include_permissions") {
            v["permissions"] = self.project_permissions(p);
        }
        if flags("include_potential_subscribers") {
            v["potential_subscribers"] = p
                .contributors
                .iter()
                .map(|c| self.subscriber(c.person, p.role("champion"), p.role("reviewer"), false))
                .collect();
        }
        if flags("include_subscription_list") {
            v["subscription_list"] = self.subscription(&p.subscription, "project", true);
        }
        if flags("include_resource_hub") {
            let id = Id::from_u128(p.id.as_u128() ^ 0xB0B);
            v["resource_hub"] = self.typed(
                "resource_hub",
                obj!({"id": slug_id("Documents & Files", id), "name": "Documents & Files",
                    "description": "null", "goal": null, "project": self.project_ref(p),
                    "space": null, "nodes": null, "permissions": null,
                    "potential_subscribers": null, "inserted_at": time(p.inserted),
                    "updated_at": time(p.inserted)}),
            );
        }
        v
    }

    pub fn project_permissions(&self, p: &Project) -> Value {
        let can = self.can(self.w.level_on_project(self.me, p));
        self.typed("project_permissions", can)
    }

    /// A check-in of a project with all that needs a flag null.
    pub fn project_check_in(&self, c: &CheckIn) -> Value {
        self.typed(
            "project_check_in",
            obj!({
                "id": c.sid(), "status": &c.status, "description": doc_string(&c.message),
                "inserted_at": time(c.inserted), "updated_at": time(c.updated),
                "state": c.state.word(), "published_at": time_or_null(c.published),
                "scheduled_at": time_or_null(c.scheduled), "author": null,
                "acknowledged_at": time_or_null(c.acknowledged.map(|a| a.0)),
                "acknowledged_by": null, "project": null, "space": null, "reactions": null,
                "comments_count": null, "subscription_list": null,
                "potential_subscribers": null, "notifications": [],
            }),
        )
    }

    pub fn task_ref(&self, t: &Task) -> Value {
        self.typed(
            "task",
            obj!({"id": slug_id(&t.name, t.id), "name": &t.name}),
        )
    }

    // News.

    pub fn notification_ref(&self, n: &Notification) -> Value {
        self.typed(
            "notification",
            obj!({"id": n.id.to_string(), "read": n.read_at.is_some(),
                "read_at": time_or_null(n.read_at), "inserted_at": time(n.at)}),
        )
    }

    pub fn notification(&self, n: &Notification) -> Value {
        let mut v = self.notification_ref(n);
        v["activity"] = self
            .w
            .activity(n.activity)
            .map_or(Value::Null, |a| self.activity(a, true));
        v
    }

    /// My unread notifications about what `about` accepts.
    pub fn unread_where(&self, about: &dyn Fn(&Activity) -> bool) -> Value {
        self.w
            .notifications
            .iter()
            .filter(|n| n.person == self.me && n.read_at.is_none() && !n.unlisted)
            .filter(|n| self.w.activity(n.activity).is_some_and(about))
            .map(|n| self.notification_ref(n))
            .collect()
    }

    pub fn thread_ref(&self, t: &Thread) -> Value {
        self.typed(
            "comment_thread",
            obj!({"id": short(t.id), "title": &t.title, "message": doc_string(&t.message)}),
        )
    }

    /// An activity; only news say what my role is.
    pub fn activity(&self, a: &Activity, news: bool) -> Value {
        let thread = a
            .thread
            .and_then(|id| self.w.threads.iter().find(|t| t.id == id));
        let content = self.resolve(&a.content, news);
        let content = self.typed(&format!("activity_content_{}", a.action), content);
        self.typed(
            "activity",
            obj!({"id": slug_id(&a.slug, a.id), "action": &a.action,
                "inserted_at": time(a.at), "author": self.person(Some(a.author)),
                "comment_thread": thread.map_or(Value::Null, |t| self.thread_ref(t)),
                "notifications": [], "permissions": null, "content": content}),
        )
    }

    /// Looks up the references in the content of an activity. What was
    /// deleted since is null.
    pub fn resolve(&self, value: &Value, news: bool) -> Value {
        match value {
            Value::Object(map) => match map.get("$").and_then(Value::as_str) {
                Some(kind) => self.looked_up(kind, map, news).unwrap_or(Value::Null),
                None => Value::Object(
                    map.iter()
                        .map(|(k, v)| (k.clone(), self.resolve(v, news)))
                        .collect(),
                ),
            },
            Value::Array(list) => list.iter().map(|v| self.resolve(v, news)).collect(),
            other => other.clone(),
        }
    }

    fn looked_up(&self, kind: &str, map: &Map<String, Value>, news: bool) -> Option<Value> {
        let w = self.w;
        let id = map
            .get("id")
            .and_then(Value::as_str)
            .and_then(|t| Id::parse_str(t).ok());
        Some(match kind {
            "goal" => self.goal_reduced(w.goals.get(&id?)?),
            "goal_sid" => json!(w.goals.get(&id?)?.sid()),
            "goal_role" => {
                let g = w.goals.get(&id?)?;
                let role = if g.champion == Some(self.me) {
                    Some("champion")
                } else if g.reviewer == Some(self.me) {
                    Some("reviewer")
                } else if news {
                    Some("contributor")
                } else {
                    None
                };
                let role = role.filter(|_| news);
                self.typed(
                    "goal",
                    obj!({"id": g.sid(), "name": &g.name, "my_role": role}),
                )
            }
            "update" => self.check_in_bare(w.check_ins.get(&id?)?),
            "comment" => self.comment_bare(w.comments.iter().find(|c| Some(c.id) == id)?),
            "person" => self.person(id),
            "space" => self.space_ref(id?),
            "company" => self.company_ref(),
            "project" => self.project_ref(w.projects.get(&id?)?),
            "project_sid" => json!(w.projects.get(&id?)?.sid()),
            "check_in_sid" => json!(w.check_ins.get(&id?)?.sid()),
            "project_check_in" => self.project_check_in(w.check_ins.get(&id?)?),
            "project_check_in_open" => {
                let c = w.check_ins.get(&id?)?;
                self.typed(
                    "project_check_in",
                    obj!({"id": c.sid(), "status": &c.status, "inserted_at": time(c.inserted),
                    "description": &c.message}),
                )
            }
            "milestone" => {
                let all = w.projects.values().flat_map(|p| &p.milestones);
                self.milestone(all.into_iter().find(|m| Some(m.id) == id)?)
            }
            "task" => self.task_ref(w.tasks.get(&id?)?),
            "timeframe" => {
                let side = |key: &str| shown_date(map.get(key)?);
                let frame = Timeframe {
                    start: side("start"),
                    end: side("end"),
                };
                self.timeframe(Some(&frame))
            }
            "activity" => self.activity(w.activity(id?)?, news),
            other => panic!("no reference of the kind {other}"),
        })
    }

    /// A draft is there for its author only.
    pub fn sees_check_in(&self, c: &CheckIn) -> bool {
        c.state == State::Published || c.author == self.me
    }
}

/// A date in the form it is sent and shown in.
pub fn shown_date(value: &Value) -> Option<ShownDate> {
    Some(ShownDate {
        kind: value.get("date_type")?.as_str()?.to_owned(),
        label: value.get("value")?.as_str()?.to_owned(),
        day: value.get("date")?.as_str()?.parse().ok()?,
    })
}

/// A reference to a timeframe that does not change any more.
pub fn frame_ref(frame: Option<&Timeframe>) -> Value {
    let Some(frame) = frame else {
        return Value::Null;
    };
    let side = |date: &Option<ShownDate>| {
        date.as_ref().map_or(
            Value::Null,
            |d| obj!({"date_type": &d.kind, "value": &d.label, "date": d.day.to_string()}),
        )
    };
    obj!({"$": "timeframe", "start": side(&frame.start), "end": side(&frame.end)})
}

fn kanban() -> Value {
    obj!({"canceled": [], "done": [], "in_progress": [], "pending": []})
}
